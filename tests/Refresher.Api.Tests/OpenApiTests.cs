using System.Text.Json;

namespace Refresher.Api.Tests;

/// <summary>The description of the Api matches the Api.</summary>
[Collection(SharedApi.Name)]
public sealed class OpenApiTests(ApiHost api)
{
    [Fact]
    public async Task Every_operation_has_a_summary_and_asks_for_the_key()
    {
        var document = await api.GetAsync("/openapi/v1.json");
        Assert.Equal("bearer", document.GetProperty("components").GetProperty("securitySchemes").GetProperty("Bearer").GetProperty("scheme").GetString());
        Assert.True(document.GetProperty("security")[0].TryGetProperty("Bearer", out _));
        var operations = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation => (path.Name, operation))).ToArray();
        Assert.Contains(operations, operation => operation.Name == "/api/v1/schedules/{id}/occurrences");
        Assert.All(operations, operation => Assert.False(string.IsNullOrEmpty(operation.operation.Value.GetProperty("summary").GetString()), operation.Name));
        Assert.DoesNotContain(operations, operation => operation.Name is "/health" or "/internal/prometheus-targets");
    }

    [Fact]
    public async Task Filters_and_bodies_are_described()
    {
        var paths = (await api.GetAsync("/openapi/v1.json")).GetProperty("paths");
        var filters = paths.GetProperty("/api/v1/runs").GetProperty("get").GetProperty("parameters").EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString());
        Assert.Superset(new HashSet<string?> { "kind", "scheduleId", "state", "trigger", "worker", "queue", "from", "to", "late", "text", "in", "tag", "schedule", "limit", "after" }, filters.ToHashSet());
        Assert.True(paths.GetProperty("/api/v1/schedules").GetProperty("post").GetProperty("requestBody").GetProperty("content").TryGetProperty("application/json", out _));
        var patch = paths.GetProperty("/api/v1/schedules/{id}").GetProperty("patch").GetProperty("requestBody").GetProperty("content");
        Assert.Equal(JsonValueKind.Object, patch.GetProperty("application/merge-patch+json").ValueKind);
    }
}
