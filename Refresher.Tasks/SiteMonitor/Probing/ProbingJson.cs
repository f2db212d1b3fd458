using System.Text.Json;
using System.Text.Json.Serialization;

namespace Refresher.Tasks.SiteMonitor.Probing;

/// <summary>How specs and results are written in the database and in events.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CheckSpec))]
[JsonSerializable(typeof(CheckResult))]
internal sealed partial class ProbingJson : JsonSerializerContext;
