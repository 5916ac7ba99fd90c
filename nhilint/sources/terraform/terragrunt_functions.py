"""The functions that Terragrunt adds to Terraform's: folders, other configurations, and what only a run can say."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, cast

from nhilint.model.node import Node, Scalar
from nhilint.sources.terraform.functions_string import string_arg, value_of
from nhilint.sources.terraform.registry import Call, Function
from nhilint.sources.terraform.terragrunt_paths import absolute, in_tree, relative
from nhilint.sources.terraform.values import Failure, symbol

if TYPE_CHECKING:
    from nhilint.sources.terraform.terragrunt import View


def _view(call: Call) -> View:
    return cast("View", call.scope.module)


def _known(node: Node) -> str | None:
    return value_of(string_arg(node))


def _folder(call: Call, args: list[Node]) -> Node:
    view = _view(call)
    return Scalar(absolute(view.original if "original" in call.name else view.folder), call.span)


def _parent(call: Call, args: list[Node]) -> str:
    """The folder of the file that is included: this one's own when it is read as such, else that of an include."""
    view = _view(call)
    if view.above is not None and view.folder == view.above.folder:
        return posixpath.dirname(view.place)
    wanted = _known(args[0]) if args else None
    includes = view.includes()
    chosen = includes.get(wanted) if wanted is not None else next(iter(includes.values()), None)
    return posixpath.dirname(chosen.view.place) if chosen else view.folder


def _parent_folder(call: Call, args: list[Node]) -> Node:
    return Scalar(absolute(_parent(call, args)), call.span)


def _to_include(call: Call, args: list[Node]) -> Node:
    return Scalar(relative(_view(call).folder, _parent(call, args)), call.span)


def _from_include(call: Call, args: list[Node]) -> Node:
    return Scalar(relative(_parent(call, args), _view(call).folder), call.span)


def _find(call: Call, args: list[Node]) -> Node:
    view = _view(call)
    wanted = _known(args[0]) if args else ""
    if wanted is None:
        return call.unknown(args, "string")
    folder = view.folder
    while folder:
        folder = posixpath.dirname(folder)
        for name in (wanted,) if wanted else ("terragrunt.hcl", "root.hcl"):
            path = posixpath.normpath(posixpath.join(folder or ".", name))
            if view.program.exists(path) or view.program.names("below", path):
                return Scalar(absolute(path), call.span)
    if len(args) > 1:
        return args[1]
    raise Failure(f"there is no `{wanted or 'terragrunt.hcl'}` in a folder above")


def _read(call: Call, args: list[Node]) -> Node:
    from nhilint.sources.terraform.terragrunt import View

    view, written = _view(call), _known(args[0])
    if written is None:
        return args[1] if len(args) > 1 else call.unknown(args, "any")
    path = in_tree(written, view.folder)
    if not view.program.exists(path):
        if len(args) > 1:
            return args[1]
        raise Failure(f"there is no file `{path}` in the tree")
    found = View(view.program, path, posixpath.dirname(path), original=view.original, above=view)
    found.outputs_of = view.outputs_of
    return found.value(call.span)


def _environment(call: Call, args: list[Node]) -> Node:
    return args[1] if len(args) > 1 else call.unknown(args, "string")


def _account(call: Call, args: list[Node]) -> Node:
    return symbol("account", call.span)


def _root(call: Call, args: list[Node]) -> Node:
    view = _view(call)
    match call.name:
        case "get_path_from_repo_root":
            return Scalar(view.folder or ".", call.span)
        case "get_path_to_repo_root":
            return Scalar(relative("", view.folder), call.span)
        case _:
            return Scalar(absolute(""), call.span)


def _nothing(call: Call, args: list[Node]) -> Node:
    return Scalar("", call.span)


def _first(call: Call, args: list[Node]) -> Node:
    return args[0]


def _symbol(call: Call, args: list[Node]) -> Node:
    return call.unknown(args, "string", "it is different at every run")


def _list(call: Call, args: list[Node]) -> Node:
    return call.unknown(args, "list")


FUNCTIONS: dict[str, Function] = {
    name: Function(run)
    for run, names in (
        (_folder, ("get_terragrunt_dir", "get_original_terragrunt_dir")),
        (_parent_folder, ("get_parent_terragrunt_dir",)),
        (_to_include, ("path_relative_to_include",)),
        (_from_include, ("path_relative_from_include",)),
        (_find, ("find_in_parent_folders",)),
        (_read, ("read_terragrunt_config",)),
        (_environment, ("get_env",)),
        (_account, ("get_aws_account_id",)),
        (_root, ("get_repo_root", "get_path_from_repo_root", "get_path_to_repo_root")),
        (_nothing, ("get_terragrunt_source_cli_flag",)),
        (_first, ("mark_as_read",)),
        (
            _symbol,
            (
                "run_cmd",
                "sops_decrypt_file",
                "get_platform",
                "get_working_dir",
                "get_terraform_command",
                "get_aws_account_alias",
                "get_aws_caller_identity_arn",
                "get_aws_caller_identity_user_id",
                "read_tfvars_file",
            ),
        ),
        (
            _list,
            (
                "get_terraform_cli_args",
                "get_default_retryable_errors",
                "get_terraform_commands_that_need_vars",
                "get_terraform_commands_that_need_input",
                "get_terraform_commands_that_need_locking",
                "get_terraform_commands_that_need_parallelism",
            ),
        ),
    )
    for name in names
}
