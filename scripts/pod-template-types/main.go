// Prints src/kube/pod-template-types.ts: the fields of a pod template in the order and with the optionality that Go's
// JSON encoder gives them, read off the structs of k8s.io/api by reflection. OpenAPI carries neither.
//
//	npm run generate:pod-template-types
package main

import (
	"fmt"
	"os"
	"reflect"
	"runtime/debug"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Structs that JSON shows as a plain value.
var plain = map[reflect.Type]string{
	reflect.TypeFor[intstr.IntOrString](): "intOrString",
	reflect.TypeFor[metav1.Time]():        "time",
	reflect.TypeFor[resource.Quantity]():  "quantity",
	reflect.TypeFor[metav1.FieldsV1]():    "json",
}

// The structs that were met, in that order.
type table struct {
	structs []reflect.Type
	byName  map[string]reflect.Type
}

func main() {
	root := reflect.TypeFor[corev1.PodTemplateSpec]()
	met := table{structs: []reflect.Type{root}, byName: map[string]reflect.Type{root.Name(): root}}
	fmt.Printf(header, versionOf("k8s.io/api"))
	for i := 0; i < len(met.structs); i++ {
		fmt.Printf("  %s: {\n", met.structs[i].Name())
		met.printFields(met.structs[i])
		fmt.Println("  },")
	}
	fmt.Println("} as const satisfies TypeTable;")
}

func (met *table) printFields(of reflect.Type) {
	for i := range of.NumField() {
		field := of.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case name == "-":
		case name == "" && field.Anonymous:
			met.printFields(field.Type)
		default:
			fmt.Printf("    %s: '%s%s',\n", name, met.notation(field.Type), mark(field.Type, options))
		}
	}
}

// A field without `omitempty` is written in any case; a nested struct is anyway, and the notation says so by itself.
func mark(of reflect.Type, options string) string {
	_, isPlain := plain[of]
	isNested := of.Kind() == reflect.Struct && (!isPlain || plain[of] == "quantity")
	if isNested || strings.Contains(options, "omitempty") {
		return ""
	}
	return "!"
}

func (met *table) notation(of reflect.Type) string {
	if word, isPlain := plain[of]; isPlain {
		return word
	}
	switch of.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "bool"
	case reflect.Int, reflect.Int32, reflect.Int64:
		return "int"
	case reflect.Pointer:
		return "*" + met.notation(of.Elem())
	case reflect.Slice:
		return "[]" + met.notation(of.Elem())
	case reflect.Map:
		return "{}" + met.notation(of.Elem())
	case reflect.Struct:
		met.note(of)
		return of.Name()
	}
	fail("no notation for %s", of)
	return ""
}

func (met *table) note(of reflect.Type) {
	former, isKnown := met.byName[of.Name()]
	if isKnown && former != of {
		fail("two types are called %s", of.Name())
	}
	if !isKnown {
		met.byName[of.Name()] = of
		met.structs = append(met.structs, of)
	}
}

func versionOf(module string) string {
	info, _ := debug.ReadBuildInfo()
	for _, one := range info.Deps {
		if one.Path == module {
			return one.Version
		}
	}
	fail("built without %s", module)
	return ""
}

func fail(format string, values ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(1)
}

const header = `/**
 * The types of a pod template in the notation of typed-json.ts: field names, order and optionality as declared by
 * ` + "`k8s.io/api` %s. Generated: `npm run generate:pod-template-types`" + `. The order of what is here is part of
 * every pod template hash in existence.
 */
import type { TypeTable } from './typed-json.ts';

export const POD_TEMPLATE_TYPES = {
`
