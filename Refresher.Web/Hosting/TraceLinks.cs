namespace Refresher.Web.Hosting;

/// <summary>Where the trace of a run is looked at: in whatever collects the traces, by configuration.</summary>
internal sealed class TraceLinks
{
    private const string Key = "Traces:Link";
    private const string Place = "{traceId}";

    private readonly string? _template;

    private TraceLinks(string? template) => _template = template;

    /// <param name="configuration"><c>Traces:Link</c>, as <c>https://jaeger.example.org/trace/{traceId}</c>; not set: no links.</param>
    /// <exception cref="InvalidOperationException">The link is no http or https address, or has no place for the trace.</exception>
    public static TraceLinks From(IConfiguration configuration)
    {
        var template = configuration[Key];
        return string.IsNullOrWhiteSpace(template) ? new TraceLinks(null)
            : template.Contains(Place, StringComparison.Ordinal) && Uri.TryCreate(template, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) ? new TraceLinks(template)
            : throw new InvalidOperationException($"{Key} is '{template}': write an http or https address with {Place} where the trace belongs.");
    }

    /// <param name="trace">32 hexadecimal digits.</param>
    /// <returns>Null when no place is configured.</returns>
    public string? Of(string trace) => _template?.Replace(Place, Uri.EscapeDataString(trace), StringComparison.Ordinal);
}
