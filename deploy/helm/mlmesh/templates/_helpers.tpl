{{/* Name of all that belongs to a release. */}}
{{- define "mlmesh.fullname" -}}
{{- if contains "mlmesh" .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-mlmesh" .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Labels that selectors use. Takes the root and the service. */}}
{{- define "mlmesh.selector" -}}
app.kubernetes.io/name: mlmesh
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .service }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{- define "mlmesh.labels" -}}
{{ include "mlmesh.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "mlmesh.port" -}}
{{- get (dict "router" 7500 "feature" 7501 "registry" 7502 "prediction" 7503 "monitor" 7504 "console" 7580) . -}}
{{- end -}}

{{/* Port of a service's metrics: above its own by metricsPortOffset of the settings. */}}
{{- define "mlmesh.metricsPort" -}}
{{- add (include "mlmesh.port" . | int) 100 -}}
{{- end -}}

{{/* Name of a service as others in the cluster find it. Takes the root and the service. */}}
{{- define "mlmesh.host" -}}
{{ include "mlmesh.fullname" .root }}-{{ .service }}.{{ .root.Release.Namespace }}.svc
{{- end -}}

{{/* Addresses of the pods of a StatefulSet, as many as there may ever be: those that are not there are tolerated. */}}
{{- define "mlmesh.podAddresses" -}}
{{- $context := . -}}
{{- $addresses := list -}}
{{- range $index := until (int .count) -}}
{{- $addresses = append $addresses (printf "%s-%s-%d.%s:%s" (include "mlmesh.fullname" $context.root) $context.service $index (include "mlmesh.host" $context) (include "mlmesh.port" $context.service)) -}}
{{- end -}}
{{- toJson $addresses -}}
{{- end -}}

{{/* The settings that all services read. */}}
{{- define "mlmesh.settings" -}}
{{- $tls := dict "authority" "/etc/mlmesh/tls/ca.crt" "certificate" "/etc/mlmesh/tls/tls.crt" "key" "/etc/mlmesh/tls/tls.key" -}}
{{- if .Values.tls.accessSecret -}}
{{- $_ := set $tls "access" "/etc/mlmesh/access/access.json" -}}
{{- end -}}
{{- $addresses := dict -}}
{{- $counts := dict "registry" .Values.registry.replicas "feature" 1 "monitor" 1 "prediction" .Values.prediction.replicasMax -}}
{{- range $service, $count := $counts -}}
{{- $_ := set $addresses $service (include "mlmesh.podAddresses" (dict "root" $ "service" $service "count" $count) | fromJsonArray) -}}
{{- end -}}
{{- $_ := set $addresses "router" (list (printf "%s:%s" (include "mlmesh.host" (dict "root" . "service" "router")) (include "mlmesh.port" "router"))) -}}
{{- if .Values.console.enabled -}}
{{- $_ := set $addresses "console" (list (printf "%s:%s" (include "mlmesh.host" (dict "root" . "service" "console")) (include "mlmesh.port" "console"))) -}}
{{- end -}}
{{- $trusted := dict "trustedKey" "/etc/mlmesh/signing/registry.pub.pem" -}}
{{- $registry := dict "environment" "production" "signingKey" "/etc/mlmesh/signing/registry.key.pem" -}}
{{- if .Values.postgres.secret -}}
{{- $_ := set $registry "registryStore" (dict "environment" "MLMESH_POSTGRES_URL") -}}
{{- end -}}
{{- $feature := dict -}}
{{- if .Values.redis.secret -}}
{{- $_ := set $feature "onlineStore" (dict "environment" "MLMESH_REDIS_URL") -}}
{{- end -}}
{{- $options := dict "registry" $registry "feature" $feature "prediction" $trusted "router" (deepCopy $trusted) "monitor" (dict) -}}
{{- $settings := dict "mesh" (ternary "/etc/mlmesh/mesh/mesh.ts" .Values.mesh.path (ne .Values.mesh.configMap "")) "dataDirectory" "/var/lib/mlmesh" "bind" "0.0.0.0" "addresses" $addresses "tls" $tls "options" (mergeOverwrite $options (deepCopy .Values.options)) -}}
{{- with .Values.telemetryEndpoint -}}
{{- $_ := set $settings "telemetryEndpoint" . -}}
{{- end -}}
{{- if .Values.metrics.enabled -}}
{{- $_ := set $settings "metricsPortOffset" 100 -}}
{{- end -}}
{{- toPrettyJson $settings -}}
{{- end -}}

{{/* Asks a service whether it is well, under the certificate that it has itself. */}}
{{- define "mlmesh.probe" -}}
{{- if eq .service "console" -}}
httpGet: { path: /healthz, port: https, scheme: HTTPS }
{{- else -}}
exec:
  command:
    - grpc-health-probe
    - -addr=127.0.0.1:{{ include "mlmesh.port" .service }}
    - -connect-timeout=3s
    - -rpc-timeout=3s
    - -tls
    - -tls-server-name={{ include "mlmesh.host" . }}
    - -tls-ca-cert=/etc/mlmesh/tls/ca.crt
    - -tls-client-cert=/etc/mlmesh/tls/tls.crt
    - -tls-client-key=/etc/mlmesh/tls/tls.key
{{- end }}
timeoutSeconds: 8
{{- end -}}

{{/* A pod of a service. Takes the root, the service, its values, and the volume of its data: "claim", or where it comes from. */}}
{{- define "mlmesh.pod" -}}
{{- $root := .root -}}
metadata:
  labels:
    {{- include "mlmesh.labels" . | nindent 4 }}
  annotations:
    checksum/settings: {{ include "mlmesh.settings" $root | sha256sum }}
    {{- if and $root.Values.metrics.enabled (ne .service "console") }}
    prometheus.io/scrape: "true"
    prometheus.io/scheme: https
    prometheus.io/path: /metrics
    prometheus.io/port: {{ include "mlmesh.metricsPort" .service | quote }}
    {{- end }}
spec:
  serviceAccountName: {{ include "mlmesh.fullname" $root }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with $root.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $root.Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $root.Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $root.Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "mlmesh.selector" . | nindent 10 }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000
    runAsGroup: 1000
    fsGroup: 1000
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: { type: RuntimeDefault }
  # Endpoints forget a pod for some seconds after it is told to end; then it drains within five.
  terminationGracePeriodSeconds: 30
  containers:
    - name: {{ .service }}
      image: "{{ $root.Values.image.repository }}:{{ $root.Values.image.tag | default $root.Chart.AppVersion }}"
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      args: [serve, {{ .service }}]
      env:
        - { name: MLMESH_SETTINGS, value: /etc/mlmesh/settings/settings.json }
        {{- if and (eq .service "registry") $root.Values.postgres.secret }}
        - name: MLMESH_POSTGRES_URL
          valueFrom:
            secretKeyRef: { name: {{ $root.Values.postgres.secret }}, key: {{ $root.Values.postgres.key }} }
        {{- end }}
        {{- if and (eq .service "feature") $root.Values.redis.secret }}
        - name: MLMESH_REDIS_URL
          valueFrom:
            secretKeyRef: { name: {{ $root.Values.redis.secret }}, key: {{ $root.Values.redis.key }} }
        {{- end }}
      ports:
        - { name: {{ ternary "https" "grpc" (eq .service "console") }}, containerPort: {{ include "mlmesh.port" .service }}, protocol: TCP }
        {{- if and $root.Values.metrics.enabled (ne .service "console") }}
        - { name: metrics, containerPort: {{ include "mlmesh.metricsPort" .service }}, protocol: TCP }
        {{- end }}
      startupProbe:
        {{- include "mlmesh.probe" . | nindent 8 }}
        periodSeconds: 5
        failureThreshold: 120
      readinessProbe:
        {{- include "mlmesh.probe" . | nindent 8 }}
        periodSeconds: 10
        failureThreshold: 2
      livenessProbe:
        {{- include "mlmesh.probe" . | nindent 8 }}
        periodSeconds: 20
        failureThreshold: 6
      lifecycle:
        preStop:
          exec: { command: [sleep, "5"] }
      resources:
        {{- toYaml .values.resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: [ALL] }
      volumeMounts:
        - { name: data, mountPath: /var/lib/mlmesh }
        - { name: tmp, mountPath: /tmp }
        - { name: settings, mountPath: /etc/mlmesh/settings, readOnly: true }
        - { name: tls, mountPath: /etc/mlmesh/tls, readOnly: true }
        {{- if $root.Values.tls.accessSecret }}
        - { name: access, mountPath: /etc/mlmesh/access, readOnly: true }
        {{- end }}
        {{- if $root.Values.mesh.configMap }}
        - { name: mesh, mountPath: /etc/mlmesh/mesh, readOnly: true }
        {{- end }}
        {{- if has .service (list "registry" "prediction" "router") }}
        - { name: signing, mountPath: /etc/mlmesh/signing, readOnly: true }
        {{- end }}
  volumes:
    {{- if ne .data "claim" }}
    - name: data
      {{- .data | nindent 6 }}
    {{- end }}
    - name: tmp
      emptyDir: {}
    - name: settings
      configMap: { name: {{ include "mlmesh.fullname" $root }}-settings }
    - name: tls
      secret: { secretName: {{ $root.Values.tls.secretPrefix }}-{{ .service }}, defaultMode: 0440 }
    {{- with $root.Values.tls.accessSecret }}
    - name: access
      secret: { secretName: {{ . }}, defaultMode: 0440 }
    {{- end }}
    {{- with $root.Values.mesh.configMap }}
    - name: mesh
      configMap: { name: {{ . }} }
    {{- end }}
    {{- if has .service (list "registry" "prediction" "router") }}
    - name: signing
      secret:
        secretName: {{ $root.Values.signing.secret }}
        defaultMode: 0440
        items:
          - { key: registry.pub.pem, path: registry.pub.pem }
          {{- if eq .service "registry" }}
          - { key: registry.key.pem, path: registry.key.pem }
          {{- end }}
    {{- end }}
{{- end -}}

{{/* A service of pods that keep their names and volumes. Takes what mlmesh.pod takes, and the count of replicas, or none where an autoscaler has it. */}}
{{- define "mlmesh.statefulSet" -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ include "mlmesh.fullname" .root }}-{{ .service }}
  labels:
    {{- include "mlmesh.labels" . | nindent 4 }}
spec:
  serviceName: {{ include "mlmesh.fullname" .root }}-{{ .service }}
  {{- with .replicas }}
  replicas: {{ . }}
  {{- end }}
  podManagementPolicy: Parallel
  selector:
    matchLabels:
      {{- include "mlmesh.selector" . | nindent 6 }}
  template:
    {{- include "mlmesh.pod" . | nindent 4 }}
  {{- if eq .data "claim" }}
  volumeClaimTemplates:
    - apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        {{- with .values.storage.className }}
        storageClassName: {{ . }}
        {{- end }}
        resources:
          requests: { storage: {{ .values.storage.size }} }
  {{- end }}
{{- end -}}
