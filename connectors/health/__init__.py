"""The health connector: HL7 v2 ADT to emergency attendances."""
