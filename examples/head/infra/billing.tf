# The billing job may read the invoices.

resource "aws_iam_role" "billing" {
  name = "shop-billing"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
  tags = { owner = "team-finance", purpose = "send invoices", expires = "2027-03-31" }
}

resource "aws_iam_role_policy" "billing" {
  name   = "invoices"
  role   = aws_iam_role.billing.name
  policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Action": ["s3:GetObject"],
          "Resource": "${aws_s3_bucket.invoices.arn}/*"
        }
      ]
    }
  JSON
}
