#!/usr/bin/env ruby
# What Lambda starts: asks the Runtime API for one event after the other, and answers with what the handler returns.
# https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
require "json"
require "net/http"
require "rbconfig"

version = RbConfig::CONFIG["ruby_version"]
Gem.paths = { "GEM_PATH" => ["/var/task/vendor/bundle/ruby/#{version}", "/opt/ruby/gems/#{version}", *Gem.path].join(":") }
$LOAD_PATH.unshift("/var/task")

host, port = ENV.fetch("AWS_LAMBDA_RUNTIME_API").split(":")
api = Net::HTTP.new(host, port, nil)
api.read_timeout = nil
base = "/2018-06-01/runtime/invocation"

loop do
  invocation = api.get("#{base}/next")
  id = invocation["Lambda-Runtime-Aws-Request-Id"]
  begin
    file, name = ENV.fetch("_HANDLER").split(".")
    require file
    result = send(name, event: JSON.parse(invocation.body), context: nil)
    api.post("#{base}/#{id}/response", JSON.generate(result))
  rescue StandardError, ScriptError => e
    api.post("#{base}/#{id}/error", JSON.generate(errorMessage: e.message, errorType: e.class.name))
  end
end
