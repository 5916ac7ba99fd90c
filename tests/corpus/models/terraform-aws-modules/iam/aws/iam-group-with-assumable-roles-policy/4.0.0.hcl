variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

module "nobody" {
  name            = "nobody"
  assumable_roles = ["arn:aws:iam::111122223333:role/a"]
}

module "several" {
  name            = "several"
  assumable_roles = ["arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/${var.name}"]
  group_users     = ["anna", "bert"]
  tags            = { owner = "a" }
}

module "unknown_roles" {
  name            = "unknown"
  assumable_roles = var.names
}

module "unknown_users" {
  name            = var.name
  assumable_roles = ["arn:aws:iam::111122223333:role/*"]
  group_users     = var.names
}

module "places" {
  name            = "places"
  assumable_roles = ["*"]


}
