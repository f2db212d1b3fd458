using System.Text;
using OpenTelemetry.Metrics;

namespace Refresher.ServiceDefaults.Prometheus;

/// <summary>
/// Names as Prometheus has them, made from OpenTelemetry's by the rules of
/// https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/: <c>refresher.run.lateness</c> in <c>s</c>
/// is <c>refresher_run_lateness_seconds</c>.
/// </summary>
internal static class PrometheusName
{
    private const string Total = "_total";

    /// <summary>The name of the instrument's family: its unit is part of it, and a counter ends in <c>_total</c>.</summary>
    internal static string OfMetric(string name, string unit, MetricType type)
    {
        var counter = type.IsSum() && !type.IsUpDown();
        var result = Sanitized(name);
        if (counter && result.EndsWith(Total, StringComparison.Ordinal))
        {
            result = result[..^Total.Length];
        }

        var suffix = OfUnit(unit);
        if (suffix.Length > 0 && result != suffix && !result.EndsWith($"_{suffix}", StringComparison.Ordinal))
        {
            result = $"{result}_{suffix}";
        }

        return counter ? result + Total : result;
    }

    /// <summary>Letters, digits and single underscores, not beginning with a digit.</summary>
    internal static string Sanitized(string name)
    {
        var result = new StringBuilder(name.Length + 1);
        if (name.Length > 0 && char.IsAsciiDigit(name[0]))
        {
            result.Append('_');
        }

        foreach (var character in name)
        {
            if (char.IsAsciiLetterOrDigit(character))
            {
                result.Append(character);
            }
            else if (result.Length == 0 || result[^1] != '_')
            {
                result.Append('_');
            }
        }

        return result.Length > 0 ? result.ToString() : "_";
    }

    private static string OfUnit(string unit)
    {
        if (unit == "1")
        {
            return "";
        }

        var parts = WithoutAnnotations(unit).Split('/', 2);
        var word = parts.Length == 1 || parts[1].Length == 0
            ? Plural(parts[0])
            : $"{Plural(parts[0])}_per_{Singular(parts[1])}";
        return word.Length > 0 ? Sanitized(word).Trim('_') : "";
    }

    /// <summary>UCUM's units in the words of Prometheus. What is not here stays as it is.</summary>
    private static string Plural(string unit) => unit switch
    {
        "d" => "days",
        "h" => "hours",
        "min" => "minutes",
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "GiBy" => "gibibytes",
        "kBy" => "kilobytes",
        "MBy" => "megabytes",
        "GBy" => "gigabytes",
        "bit" => "bits",
        "kbit" => "kilobits",
        "Mbit" => "megabits",
        "Gbit" => "gigabits",
        "m" => "meters",
        "km" => "kilometers",
        "Hz" => "hertz",
        "%" => "percent",
        _ => unit,
    };

    /// <summary>After "per" the word is singular: <c>By/s</c> is <c>bytes_per_second</c>.</summary>
    private static string Singular(string unit) => unit switch
    {
        "s" => "second",
        "min" or "m" => "minute",
        "h" => "hour",
        "d" => "day",
        _ => unit,
    };

    /// <summary>What stands in braces is for people: <c>{run}</c> is no unit.</summary>
    private static string WithoutAnnotations(string unit)
    {
        var open = unit.IndexOf('{', StringComparison.Ordinal);
        var close = open < 0 ? -1 : unit.IndexOf('}', open);
        return close < 0 ? unit : WithoutAnnotations(unit.Remove(open, close - open + 1));
    }

    private static bool IsUpDown(this MetricType type) => type is MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic;
}
