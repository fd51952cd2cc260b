"""Every picture of the demo records by name: its kind of file and the function that draws it."""

from collections.abc import Callable

from portal.demo.making import body_maps, scenes_close, scenes_limbs

_JPEG, _PNG = "image/jpeg", "image/png"

SCENES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "elbow_plaque": (_JPEG, scenes_limbs.elbow_plaque),
    "elbow_clear": (_JPEG, scenes_limbs.elbow_clear),
    "elbow_crease": (_JPEG, scenes_limbs.elbow_crease),
    "elbow_crease_worse": (_JPEG, scenes_limbs.elbow_crease_worse),
    "calf_mole": (_JPEG, scenes_limbs.calf_mole),
    "palms": (_JPEG, scenes_limbs.palms),
    "nail_pits": (_JPEG, scenes_limbs.nail_pits),
    "naevus_close": (_JPEG, scenes_close.naevus_close),
    "naevus_dermoscopy": (_JPEG, scenes_close.naevus_dermoscopy),
    "wound_stitches": (_JPEG, scenes_close.wound_stitches),
    "jaw_before": (_JPEG, scenes_close.jaw_before),
    "jaw_after": (_JPEG, scenes_close.jaw_after),
    "patch_grid": (_JPEG, scenes_close.patch_grid),
    "scalp_keratoses": (_JPEG, scenes_close.scalp_keratoses),
    "body_map_2017": (_PNG, body_maps.first_visit),
    "body_map_2021": (_PNG, body_maps.before_methotrexate),
    "body_map_mei": (_PNG, body_maps.mei),
}
