"""The public doors from outside: voices over real WebRTC, listeners over real HTTP."""
