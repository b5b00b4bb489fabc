"""Own pages: what a person sees and decides of themselves: sessions, products, a beak. The cookie alone opens them."""
