using System.Text.Json;
using System.Text.Json.Serialization;
using Refresher.Tasks.SiteMonitor.Probing;

namespace Refresher.Tasks.SiteMonitor.History;

/// <summary>A check as it is told in an event of type <see cref="EventType"/>: all that is known of it.</summary>
/// <param name="CheckedAt">When it began, in whole microseconds.</param>
internal sealed record CheckRecord(Guid Id, Guid SiteId, DateTimeOffset CheckedAt, bool InMaintenance, CheckResult Result)
{
    public const string EventType = "site.checked";
}

/// <summary>How checks are written in events.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(CamelWords<CheckStatus>), typeof(CamelWords<CheckFault>)])]
[JsonSerializable(typeof(CheckRecord))]
internal sealed partial class CheckRecordJson : JsonSerializerContext;

/// <summary>Words of an enumeration as the Api writes them.</summary>
internal sealed class CamelWords<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
