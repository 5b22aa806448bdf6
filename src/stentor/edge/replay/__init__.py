"""The record at the front door: replay, time-shift, captions, files, clips."""
