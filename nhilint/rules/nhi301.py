"""NHI301: a static credential is made for an identity."""

from __future__ import annotations

from collections.abc import Iterator

from nhilint.model.finding import Finding
from nhilint.rules.base import About, View, finding

ABOUT = About(
    id="NHI301",
    title="Static credential",
    severity="medium",
    confidence="high",
    help="Let the workload federate (OIDC, IRSA, pod identity) and remove the credential",
)

_WORDS = {
    "access_key": "an access key that does not expire",
    "service_account_token": "a token Secret that does not expire",
    "deploy_key": "a key of a repository that does not expire",
    "login_profile": "a console password",
    "service_specific_credential": "a service-specific password that does not expire",
}


def judge(view: View) -> Iterator[Finding]:
    """One finding for every credential fact."""
    for key, credentials in view.snapshot.credentials.items():
        identity = view.snapshot.identities.get(key)
        for credential in credentials:
            what = _WORDS.get(credential.kind, f"a static credential ({credential.kind})")
            name = identity.name if identity else key
            subject = f"{credential.kind}/{credential.name}"
            yield finding(ABOUT, identity, f"`{name}` is given {what}", [credential.span], subject)
