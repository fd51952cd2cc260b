// A real provider for the tests: oidc-provider on a free port of this machine, which it writes to its output.
// Anybody is let in there under the name she types; a tick says whether she gave two proofs.
import { createServer } from "node:http";
import { generateKeyPairSync } from "node:crypto";
import { Provider } from "oidc-provider";

const TWO_PROOFS = "urn:example:two";
const OURS = /^http:\/\/127\.0\.0\.1:\d+(\/sign-in\/oidc\/[a-z-]+\/callback|\/)$/;
const [, , clientId, secret] = process.argv;

const key = (kind, options, facts) => ({
  ...generateKeyPairSync(kind, options).privateKey.export({ format: "jwk" }),
  use: "sig",
  ...facts,
});

const page = (title, form) => `<!DOCTYPE html><html lang="en"><title>${title}</title><h1>${title}</h1>${form}</html>`;

function settings() {
  return {
    clients: [
      {
        client_id: clientId,
        client_secret: secret,
        redirect_uris: ["http://127.0.0.1:1/"],
        post_logout_redirect_uris: ["http://127.0.0.1:1/"],
        response_types: ["code"],
        grant_types: ["authorization_code"],
        id_token_signed_response_alg: "ES256",
      },
    ],
    jwks: {
      keys: [
        key("ec", { namedCurve: "P-256" }, { alg: "ES256", kid: "first" }),
        key("rsa", { modulusLength: 2048 }, { alg: "RS256", kid: "second" }),
      ],
    },
    acrValues: [TWO_PROOFS],
    cookies: { keys: ["only for the tests"] },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        logoutSource: (ctx, form) => {
          ctx.body = page("Sign out there?", `${form}<button form="op.logoutForm" name="logout" value="yes">Yes</button>`);
        },
      },
    },
    findAccount: (ctx, name) => ({ accountId: name, claims: () => ({ sub: name }) }),
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    // Nothing is shared but who she is, so she is not asked whether it may be.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope("openid");
      await grant.save();
      return grant;
    },
    pkce: { required: () => true },
  };
}

async function formOf(request) {
  let body = "";
  for await (const part of request) body += part;
  return new URLSearchParams(body);
}

async function interact(provider, request, response) {
  await provider.interactionDetails(request, response);
  if (request.method !== "POST") {
    const form =
      '<form method="post"><label>Name <input name="name"></label>' +
      '<label><input type="checkbox" name="two"> Two proofs</label><button>Sign in there</button></form>';
    response.setHeader("Content-Type", "text/html");
    response.end(page("Sign in there", form));
    return;
  }
  const form = await formOf(request);
  const login = { accountId: form.get("name"), ...(form.has("two") ? { acr: TWO_PROOFS } : {}) };
  await provider.interactionFinished(request, response, { login });
}

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const provider = new Provider(`http://localhost:${server.address().port}`, settings());
  // The portal of a test listens on any free port.
  provider.Client.prototype.redirectUriAllowed = (address) => OURS.test(address);
  provider.Client.prototype.postLogoutRedirectUriAllowed = (address) => OURS.test(address);
  const rest = provider.callback();
  server.on("request", (request, response) => {
    const act = request.url.startsWith("/interaction/") ? interact(provider, request, response) : rest(request, response);
    Promise.resolve(act).catch((fault) => {
      response.statusCode = 500;
      response.end(String(fault));
    });
  });
  process.stdout.write(`${server.address().port}\n`);
});
// It ends with the tests, also when they are killed.
process.stdin.on("end", () => process.exit()).resume();
