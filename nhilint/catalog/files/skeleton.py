"""The first text of a role file: valid as it stands, with every place marked that has to be filled; a draft."""

from __future__ import annotations

from collections.abc import Mapping

BLANK = "FILL IN"
"""What stands where somebody has to write something."""
_HEAD = """\
# yaml-language-server: $schema={schema}
# A role that nobody approved yet. Fill in what says FILL IN, then run
#   nhilint catalog lint    (what is wrong)    nhilint catalog test {id}    (what it allows)
apiVersion: nhilint.dev/v1
id: {id}
title: FILL IN what it lets one do, in a few words
platform: {platform}
purpose: FILL IN who needs it, and for what.
owner: FILL IN the team that answers for it
status: draft # a draft approves nothing; `approved` needs the line below
access: {access}
# approval: {{ by: WHO, on: {today}, ticket: T-1, expires: DAY }}
review: 180d
# sources: [https://…] # the pages that document the need
"""
_TERMS = """\
break_glass: { max_duration: 1h, notify: [FILL IN who is told of every use] }
"""
_BODIES: Mapping[str, str] = {
    "aws": """\
# What the user of the role chooses; written <name> below. A value is taken literally, never as a wildcard.
parameters:
  bucket: { description: FILL IN, pattern: "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", examples: [example-data] }
# Name actions one by one: `s3:Get*` also allows what AWS adds later.
allow:
  - actions: [s3:GetObject]
    resources: ["arn:aws:s3:::<bucket>/*"]
# Who may have it; without this field the role says nothing about it.
trust:
  - github: { repository: example/app, branch: main }
constraints: { max_session: 1h, static_keys: forbidden }
TERMS# Requests that must be allowed, and those that are nearly right and must not.
tests:
  allow:
    - with: { bucket: example-data }
      action: s3:GetObject
      resource: arn:aws:s3:::example-data/report.csv
  deny:
    - with: { bucket: example-data }
      action: s3:GetObject
      resource: arn:aws:s3:::other-data/report.csv
  trust:
    - { caller: { github: { repository: example/app, branch: main } } }
  distrust:
    - { caller: { github: { repository: example/app, branch: feature } } }
""",
    "kubernetes": """\
# What the user of the role chooses; written <name> below. A value is taken literally, never as a wildcard.
parameters:
  namespace: { description: FILL IN, pattern: "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", examples: [web] }
# `*` also allows what Kubernetes adds later; without `namespaces` it is all of them.
allow:
  - verbs: [get, list, watch]
    groups: [""]
    resources: [configmaps]
    namespaces: ["<namespace>"]
# The service accounts that may have it; without this field the role says nothing about it.
trust:
  - kubernetes: { namespace: "<namespace>" }
TERMS# Requests that must be allowed, and those that are nearly right and must not.
# A resource is written [NAMESPACE:]RESOURCE[.GROUP][/SUBRESOURCE][=NAME].
tests:
  allow:
    - { with: { namespace: web }, verb: get, resource: "web:configmaps=settings" }
  deny:
    - { with: { namespace: web }, verb: get, resource: "other:configmaps=settings" }
  trust:
    - with: { namespace: web }
      caller: { kubernetes: { namespace: web, service_account: app } }
  distrust:
    - with: { namespace: web }
      caller: { kubernetes: { namespace: other, service_account: app } }
""",
    "github": """\
# What the token of the job is given; `write` includes `read`.
allow:
  - permissions: { contents: read }
# The jobs that may have it; without this field the role says nothing about it.
trust:
  - github: { event: push, branch: main }
TERMS# Permissions that must be there, and those that must not.
tests:
  allow:
    - { permission: "contents:read" }
  deny:
    - { permission: "contents:write" }
  trust:
    - { caller: { github: { event: push, branch: main } } }
  distrust:
    - { caller: { github: { event: pull_request_target, branch: main } } }
""",
}


def skeleton(id: str, platform: str, access: str, *, schema: str, today: str) -> str:
    """A role file of that id; `schema` is the address of the JSON Schema as seen from the file."""
    head = _HEAD.format(id=id, platform=platform, access=access, schema=schema, today=today)
    return head + _BODIES[platform].replace("TERMS", _TERMS if access == "break-glass" else "")
