"""The house as a whole: started on one machine, and walked through by people in a browser.

The only room that may know all three services; it meets them over HTTP and by their commands, never by import.
"""
