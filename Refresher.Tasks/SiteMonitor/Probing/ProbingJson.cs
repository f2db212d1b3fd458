using System.Text.Json;
using System.Text.Json.Serialization;

namespace Refresher.Tasks.SiteMonitor.Probing;

/// <summary>How specs and results are written in the database and in events.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true,
    Converters = [typeof(CamelCaseWord<SiteKind>), typeof(CamelCaseWord<CheckStatus>), typeof(CamelCaseWord<CheckFault>)])]
[JsonSerializable(typeof(CheckSpec))]
[JsonSerializable(typeof(CheckResult))]
internal sealed partial class ProbingJson : JsonSerializerContext;

/// <summary>An enum's value as its word: <c>tooLarge</c>.</summary>
internal sealed class CamelCaseWord<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase)
    where T : struct, Enum;
