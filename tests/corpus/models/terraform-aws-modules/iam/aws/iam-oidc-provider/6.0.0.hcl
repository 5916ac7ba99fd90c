variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

module "none" {
  create = false
}

module "plain" {
}

module "other" {
  url            = "https://gitlab.example.org"
  client_id_list = ["https://gitlab.example.org"]
  tags           = { owner = "a" }

}

module "unknown" {
  url            = "https://${var.name}"
  client_id_list = var.names
}

module "undecided" {
  create = var.on
}
