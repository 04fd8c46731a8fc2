"""How the app offers and runs commands: bindings, footer, palette, help; and what runs them."""
