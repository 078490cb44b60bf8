"""Live figures: everything they draw was computed by torch, and they move without a kernel."""
