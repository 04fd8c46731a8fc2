"""Ending sessions: plan -> confirm -> apply -> verify. One engine for both faces."""
