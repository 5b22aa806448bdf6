"""Voices and the programme as samples and packets: levels, codecs. What stage and scribe both do to sound."""
