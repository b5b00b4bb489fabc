"""Administration over REST: products, sessions, logout notices, keys, the trail. For admins only, and for people only.

The rules themselves live in the rooms they belong to. People are administered in `people/administration.py`.
"""
