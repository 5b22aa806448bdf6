"""The chunk log and the state on NATS JetStream, and the embedded server."""
