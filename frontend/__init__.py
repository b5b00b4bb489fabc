"""What people see. Holds sessions and pages; knows no business rule."""
