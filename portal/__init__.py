"""The Procerus patient portal: a clinic's privacy promises, as pages, cases, letters and proof.

Imports run one way, and ``tests/test_architecture.py`` holds it: ``domain`` (rules, standard library only) is known by
``models`` (what we keep) and ``adapters`` (how we touch the outside), both are known by nobody but ``services`` (what
people can do; models only) and ``web`` (how it is done over HTTP; services only, the factory alone builds adapters).
"""
