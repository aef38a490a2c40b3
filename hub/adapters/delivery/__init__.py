"""How agencies' systems are told that something waits for them."""
