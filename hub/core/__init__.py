"""The pure core: decides, given what is known; reads no clock, socket, file or random number."""
