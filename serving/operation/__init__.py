"""What operators look at: metrics for Prometheus, traces for OpenTelemetry."""
