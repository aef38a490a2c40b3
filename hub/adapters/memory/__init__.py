"""What needs no server: kept in memory, under the same ports and the same contract tests."""
