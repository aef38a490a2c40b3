"""The tables and columns of the Standard Safeguarding Dataset that the town's councils fill."""

from collections.abc import Mapping

TABLES: Mapping[str, tuple[str, ...]] = {
    "ssd_person": (
        "pers_person_id",
        "pers_forename",
        "pers_surname",
        "pers_sex",
        "pers_dob",
        "pers_common_child_id",
        "pers_expected_dob",
        "pers_death_date",
        "pers_is_mother",
        "pers_restricted",
    ),
    "ssd_linked_identifiers": (
        "link_table_id",
        "link_person_id",
        "link_identifier_type",
        "link_identifier_value",
        "link_valid_from_date",
        "link_valid_to_date",
    ),
    "ssd_address": (
        "addr_table_id",
        "addr_address_json",
        "addr_person_id",
        "addr_address_type",
        "addr_address_start_date",
        "addr_address_end_date",
        "addr_address_postcode",
    ),
    "ssd_mother": ("moth_table_id", "moth_person_id", "moth_childs_person_id", "moth_childs_dob"),
    "ssd_cp_plans": (
        "cppl_cp_plan_id",
        "cppl_person_id",
        "cppl_cp_plan_start_date",
        "cppl_cp_plan_end_date",
        "cppl_cp_plan_ola",
        "cppl_cp_plan_initial_category",
        "cppl_cp_plan_latest_category",
    ),
    "ssd_cla_episodes": (
        "clae_cla_episode_id",
        "clae_person_id",
        "clae_cla_episode_start_date",
        "clae_cla_episode_start_reason",
        "clae_cla_episode_ceased",
        "clae_cla_episode_ceased_reason",
    ),
    "ssd_involvements": (
        "invo_involvements_id",
        "invo_professional_id",
        "invo_professional_role_id",
        "invo_professional_team",
        "invo_involvement_start_date",
        "invo_involvement_end_date",
        "invo_person_id",
    ),
    "ssd_professionals": ("prof_professional_id", "prof_professional_name"),
    "deletions": ("table", "id", "person_id"),
    "identity_changes": ("change", "person_id", "former_person_id"),
}
"""The dataset's own tables and columns, as far as they are filled; deletions, changes and
``pers_restricted`` are local."""
