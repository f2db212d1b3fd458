using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Refresher.Web.Tests.Hosting;

public sealed class FirstStartTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    [Fact]
    public void Nothing_reads_the_keys_before_the_schema_is_there() =>
        Assert.DoesNotContain(web.Services.GetServices<IHostedService>(), service => service.GetType().Assembly == typeof(KeyManagementOptions).Assembly);
}
