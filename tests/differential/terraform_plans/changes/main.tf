# An update, a replacement, a deletion, a new grant and things that stay.
provider "aws" {
  region = "eu-west-1"
}

resource "aws_iam_role" "kept" {
  name = "kept"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "kept" {
  name   = "kept"
  role   = aws_iam_role.kept.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] })
}

resource "aws_iam_role_policy" "widened" {
  name   = "widened"
  role   = aws_iam_role.kept.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["sqs:SendMessage", "sqs:DeleteQueue"], Resource = "*" }] })
}

resource "aws_iam_role" "renamed" {
  name = "new-name"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy_attachment" "renamed" {
  role       = aws_iam_role.renamed.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"
}

resource "aws_iam_policy" "first" {
  name   = "first"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "ec2:Describe*", Resource = "*" }] })
}

resource "aws_iam_role_policy_attachment" "first" {
  role       = aws_iam_role.kept.name
  policy_arn = aws_iam_policy.first.arn
}

resource "aws_iam_role_policy" "uses" {
  name   = "uses"
  role   = aws_iam_role.renamed.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:PassRole", Resource = [aws_iam_role.kept.arn, aws_iam_role.renamed.arn] }] })
}
