"""The loop: understand, plan, act, evaluate, adapt, deliver."""
