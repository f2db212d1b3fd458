using System.Text.Json;
using System.Text.Json.Serialization;

namespace Refresher.Core.Schedules.Cadences;

/// <summary>Conversions between instants, ticks and whole seconds since 0001-01-01 UTC.</summary>
internal static class Instants
{
    public static long FloorToMillisecond(long ticks) => ticks - (ticks % TimeSpan.TicksPerMillisecond);

    public static DateTimeOffset FromTicks(long utcTicks) => new(utcTicks, TimeSpan.Zero);

    public static DateTimeOffset FromSeconds(long utcSeconds) => FromTicks(utcSeconds * TimeSpan.TicksPerSecond);

    /// <summary>Rounds down.</summary>
    public static long ToSeconds(DateTimeOffset instant) => instant.UtcTicks / TimeSpan.TicksPerSecond;
}

/// <summary>Words of an enumeration as the Api writes them.</summary>
internal sealed class CamelCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
