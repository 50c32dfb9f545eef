{{/* The image reference of one part. */}}
{{- define "hawser.image" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $tag := default $root.Chart.AppVersion $root.Values.image.tag -}}
{{- if $root.Values.image.registry -}}{{ $root.Values.image.registry }}/{{- end -}}
{{ $name }}:{{ $tag }}
{{- end -}}

{{/* The labels of everything; the argument is (list . "component"). */}}
{{- define "hawser.labels" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: hawser
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
{{- end -}}

{{- define "hawser.selector" -}}
app.kubernetes.io/name: hawser
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* What every pod of ours may do: nothing beyond its own process. */}}
{{- define "hawser.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: 65532
capabilities: {drop: [ALL]}
seccompProfile: {type: RuntimeDefault}
{{- end -}}
