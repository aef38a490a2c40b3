"""The public wording of each reason why the hub cannot say: one each, the same for everybody.

None tells whether a child is shielded, left out on purpose, or what else is on record: two children
with the same reason read the same words.
"""

from hub.core.answer import ByName, CannotSay

PUBLIC_WORDING: dict[CannotSay, str] = {
    CannotSay.NHS_NUMBER_NEEDED: (
        "No valid NHS number was given. Give one, or ring the number shown."
    ),
    CannotSay.BIRTH_DATE_NEEDED: ("No date of birth was given. Give it, or ring the number shown."),
    CannotSay.DETAILS_DISAGREE: (
        "The NHS number and the date of birth do not agree with what is on record. Check both, "
        "then ring the number shown."
    ),
    CannotSay.POSTCODE_NEEDED: (
        "The home postcode is not known, so it is not known whose register to search. Give the "
        "postcode, or ring the number shown."
    ),
    CannotSay.NAME_NEEDED: (
        "The name is needed to tell children apart. Give the first name and the surname."
    ),
    CannotSay.POSSIBLE_MATCH: (
        "It is not certain which record on file, if any, is this person's. Ring the number shown."
    ),
    CannotSay.AUTHORITY_NOT_KNOWN: (
        "It is not known which local authorities to search. Check the postcode, or ring the number "
        "shown."
    ),
    CannotSay.REGISTER_NOT_JOINED: (
        "A local authority concerned does not share its register here. Ring its front door."
    ),
    CannotSay.REGISTER_STALE: (
        "A register that must be searched is out of date. Ring the number shown."
    ),
    CannotSay.REGISTER_INCOMPLETE: (
        "A register that must be searched may not be complete. Ring the number shown."
    ),
    CannotSay.PLAN_MOVED: (
        "A plan or period of care was passed to another local authority and is not yet confirmed "
        "there. Ring the number shown."
    ),
    CannotSay.FEED_STALE: (
        "A hospital's reports are out of date. Ask the family and look in your own records."
    ),
    CannotSay.FEED_INCOMPLETE: (
        "A hospital's reports may not be complete. Ask the family and look in your own records."
    ),
    CannotSay.SOURCE_UNAVAILABLE: (
        "The records could not be searched. Try again, or ring the number shown."
    ),
}
"""What a person reads, and what they do next."""

NUMBER_REPLACED_WORDING = (
    "This NHS number has been replaced by another. Look the child up again in your own system, and"
    " use the number that it has now."
)
"""Said with an answer about the child; the number itself is for the hospital's own look-up."""

BY_NAME_WORDING: dict[ByName, str] = {
    ByName.NOT_SEARCHED: "Nobody was searched for by name.",
    ByName.NONE: (
        "By name, birth date and postcode: no child that such a search can find. That is not the "
        "same as no plan."
    ),
    ByName.ONE: (
        "By name, birth date and postcode: one child on record is very like this one. That is no "
        "proof, so nothing of that child is shown. Find the NHS number and check with it."
    ),
    ByName.NARROW_IT: (
        "By name, birth date and postcode: these details are not enough to tell who this is. Give "
        "the first name, check the spelling, or find the NHS number and check with it."
    ),
}
"""What a search by name found, in words that hold nothing of whom."""
