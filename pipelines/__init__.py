"""The ways to answer, behind one contract, with the engines and the index that they use."""
