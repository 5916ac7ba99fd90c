region      = "eu-north-1"
environment = "production"
admins      = ["ann", "bob"]
secret      = "hunter2-external-id"
