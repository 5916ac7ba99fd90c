# Moved into a module with an index, forgotten by a removed block, replaced while an older object is still deposed.
provider "aws" {
  region = "eu-west-1"
}

module "role" {
  source = "./role"
  for_each = toset(["a"])
}

moved {
  from = aws_iam_role.old
  to   = module.role["a"].aws_iam_role.this
}

moved {
  from = aws_iam_role_policy.old
  to   = module.role["a"].aws_iam_role_policy.this[0]
}

removed {
  from = aws_iam_role.forgotten
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_iam_role_policy_attachment.forgotten
  lifecycle {
    destroy = false
  }
}

resource "aws_iam_policy" "swapped" {
  name   = "swapped-again"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sns:Publish", Resource = "*" }] })
  lifecycle {
    create_before_destroy = true
  }
}
