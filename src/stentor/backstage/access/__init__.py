"""Who is asking and what they may do: owner, accounts, sessions, invitations."""
