-- Whose record is possibly of a child is found by link_naming (0015) for a history too: a list that
-- holds a child is not empty. A second index of the same column cost each such link another write.
DROP INDEX link_possible;
