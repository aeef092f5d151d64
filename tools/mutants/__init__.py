"""`make mutants`: changes the engine at one place at random, many times, and shows what no test notices."""
