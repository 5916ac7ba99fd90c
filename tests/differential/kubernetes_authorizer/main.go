// Command authorizer answers questions with the real Kubernetes RBAC authorizer, one JSON object a line.
//
// It is built inside a Kubernetes source tree (see ../test_kubernetes_authorizer.py); nothing of that tree is kept here.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/endpoints/request"
	comparator "k8s.io/component-helpers/auth/rbac/validation"
	"k8s.io/kubernetes/pkg/registry/rbac/validation"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac"
)

type ask struct {
	User        string   `json:"user"`
	Groups      []string `json:"groups"`
	Verb        string   `json:"verb"`
	Group       string   `json:"group"`
	Resource    string   `json:"resource"`
	Subresource string   `json:"subresource"`
	Name        string   `json:"name"`
	Namespace   string   `json:"namespace"`
	Path        string   `json:"path"`
}

type question struct {
	// A tree of objects and requests to it.
	Objects  []json.RawMessage `json:"objects"`
	Requests []ask             `json:"requests"`
	// Two lists of rules.
	Owner   []rbacv1.PolicyRule `json:"owner"`
	Servant []rbacv1.PolicyRule `json:"servant"`
	// HTTP requests: method and URL.
	Calls [][2]string `json:"calls"`
}

type answer struct {
	Allowed   []bool                 `json:"allowed,omitempty"`
	Uncovered *[]rbacv1.PolicyRule   `json:"uncovered,omitempty"`
	Asks      []*request.RequestInfo `json:"asks,omitempty"`
}

func main() {
	reader := bufio.NewReaderSize(os.Stdin, 1<<20)
	writer := json.NewEncoder(os.Stdout)
	decoder := json.NewDecoder(reader)
	for decoder.More() {
		var asked question
		if err := decoder.Decode(&asked); err != nil {
			fail(err)
		}
		if err := writer.Encode(reply(asked)); err != nil {
			fail(err)
		}
	}
}

func reply(asked question) answer {
	if asked.Calls != nil {
		return answer{Asks: resolve(asked.Calls)}
	}
	if asked.Owner != nil || asked.Servant != nil {
		_, uncovered := comparator.Covers(asked.Owner, asked.Servant)
		return answer{Uncovered: &uncovered}
	}
	return answer{Allowed: decide(asked.Objects, asked.Requests)}
}

func decide(objects []json.RawMessage, requests []ask) []bool {
	var (
		roles           []*rbacv1.Role
		bindings        []*rbacv1.RoleBinding
		clusterRoles    []*rbacv1.ClusterRole
		clusterBindings []*rbacv1.ClusterRoleBinding
	)
	for _, raw := range objects {
		var head struct {
			Kind string `json:"kind"`
		}
		must(json.Unmarshal(raw, &head))
		switch head.Kind {
		case "Role":
			roles = append(roles, &rbacv1.Role{})
			must(json.Unmarshal(raw, roles[len(roles)-1]))
		case "RoleBinding":
			bindings = append(bindings, &rbacv1.RoleBinding{})
			must(json.Unmarshal(raw, bindings[len(bindings)-1]))
		case "ClusterRole":
			clusterRoles = append(clusterRoles, &rbacv1.ClusterRole{})
			must(json.Unmarshal(raw, clusterRoles[len(clusterRoles)-1]))
		case "ClusterRoleBinding":
			clusterBindings = append(clusterBindings, &rbacv1.ClusterRoleBinding{})
			must(json.Unmarshal(raw, clusterBindings[len(clusterBindings)-1]))
		}
	}
	_, lists := validation.NewTestRuleResolver(roles, bindings, clusterRoles, clusterBindings)
	judge := rbac.New(lists, lists, lists, lists)
	found := make([]bool, 0, len(requests))
	for _, one := range requests {
		decision, _, _ := judge.Authorize(context.Background(), authorizer.AttributesRecord{
			User:            &user.DefaultInfo{Name: one.User, Groups: one.Groups},
			Verb:            one.Verb,
			APIGroup:        one.Group,
			Resource:        one.Resource,
			Subresource:     one.Subresource,
			Name:            one.Name,
			Namespace:       one.Namespace,
			Path:            one.Path,
			ResourceRequest: one.Path == "",
		})
		found = append(found, decision == authorizer.DecisionAllow)
	}
	return found
}

func resolve(calls [][2]string) []*request.RequestInfo {
	factory := &request.RequestInfoFactory{
		APIPrefixes:          sets.NewString("api", "apis"),
		GrouplessAPIPrefixes: sets.NewString("api"),
	}
	var found []*request.RequestInfo
	for _, call := range calls {
		target, err := url.Parse(call[1])
		must(err)
		info, err := factory.NewRequestInfo(&http.Request{Method: call[0], URL: target})
		must(err)
		found = append(found, info)
	}
	return found
}

func must(err error) {
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
