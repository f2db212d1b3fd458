using Microsoft.Extensions.Configuration;
using Refresher.Web.Hosting;

namespace Refresher.Web.Tests.Hosting;

public sealed class TraceLinksTests
{
    [Fact]
    public void A_trace_is_put_where_the_template_has_its_place() =>
        Assert.Equal("https://jaeger.example.org/trace/4bf92f3577b34da6a3ce929d0e0e4736?x=1", Of("https://jaeger.example.org/trace/{traceId}?x=1").Of("4bf92f3577b34da6a3ce929d0e0e4736"));

    [Fact]
    public void Without_a_template_there_is_no_link() => Assert.Null(Of(null).Of("4bf92f3577b34da6a3ce929d0e0e4736"));

    [Theory]
    [InlineData("https://jaeger.example.org/trace/")]
    [InlineData("javascript:alert('{traceId}')")]
    [InlineData("/trace/{traceId}")]
    public void What_is_no_address_or_has_no_place_stops_the_start_and_is_named(string template)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Of(template));
        Assert.Contains("Traces:Link", error.Message, StringComparison.Ordinal);
    }

    private static TraceLinks Of(string? template) =>
        TraceLinks.From(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Traces:Link"] = template }).Build());
}
