"""What the text of a template tells before anything is rendered."""

from __future__ import annotations

import pytest

from nhilint.sources.manifests.helm_templates import draws, idle, required


@pytest.mark.parametrize(
    "text, found",
    [
        ('{{ required "say a" .Values.a.b }}', [("say a", "a.b")]),
        ('{{ .Values.a | required "say \\"a\\"" }}', [('say "a"', "a")]),
        ('{{ required "x" (tpl (default "" $.Values.a) .) }}', [("x", "a")]),
        ('{{ required "x" .name }} {{ .Values.a }}', []),
        ("{{ .Values.required }}", []),
    ],
)
def test_required(text: str, found: list[tuple[str, str]]) -> None:
    assert list(required(text)) == found


@pytest.mark.parametrize(
    "text, answer",
    [
        ("kind: ConfigMap", True),
        ("{{ if .Values.a }}\nkind: Service\n---\nkind: 'Secret' # x\n{{ end }}", True),
        ("kind: ConfigMap\n---\nkind: {{ .Values.kind }}", False),
        ("kind: Secret\ntype: kubernetes.io/service-account-token", False),
        ('{{ include "common.deployment" . }}', False),
        ('kind: ConfigMap\n{{ define "x" }}{{ end }}', False),
        ("kind: Foo", False),
    ],
)
def test_idle(text: str, answer: bool) -> None:
    assert idle(text.encode()) is answer


@pytest.mark.parametrize(
    "texts, answer",
    [
        (["a: {{ randAlphaNum 5 }}"], True),
        (["# rand now\na: {{ .Values.now }}"], True),
        (["a: {{ .Values.random }}"], False),
        (['{{ define "x" }}{{ uuidv4 }}{{ end }}', '{{ include "x" . }}'], True),
        (
            [
                '{{ define "x" }}{{ uuidv4 }}{{ end }}{{ define "y" }}{{ include "x" . }}{{ end }}',
                '{{ template "y" . }}',
            ],
            True,
        ),
        (['{{ define "x" }}{{ uuidv4 }}{{ end }}', '{{ include "z" . }}'], False),
    ],
)
def test_draws(texts: list[str], answer: bool) -> None:
    assert draws([text.encode() for text in texts]) is answer
