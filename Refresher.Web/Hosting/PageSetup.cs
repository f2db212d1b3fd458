using Microsoft.AspNetCore.ResponseCompression;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Core.Http;
using Refresher.Web.Components;
using Refresher.Web.Components.Pages.Overview;
using Refresher.Web.Components.Pages.Platform;

namespace Refresher.Web.Hosting;

/// <summary>Pages: rendered on the server, sent compressed, with nothing that needs a circuit.</summary>
internal static class PageSetup
{
    /// <summary>Bytes a form may have: options and the like, nothing is uploaded.</summary>
    private const long FormLimit = 1024 * 1024;

    public static WebApplicationBuilder AddPages(this WebApplicationBuilder builder)
    {
        // Without it a built, unpublished Web in Production would serve empty files.
        builder.WebHost.UseStaticWebAssets();
        ServeAssetsAsBuilt(builder);
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = FormLimit;
        });
        builder.Services.AddRazorComponents();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddSingleton(TraceLinks.From(builder.Configuration)).AddScoped<Nodes>().AddScoped<OverviewReader>().AddSingleton<Shared<DayCounts>>().AddScoped<SystemReader>().AddSingleton<Shared<SystemView>>();

        builder.Services.AddVisitorRate(builder.Configuration);
        builder.Services.AddHsts(hsts => hsts.MaxAge = TransportSecurity.MaxAge);

        // Pages carry antiforgery tokens, which ASP.NET Core masks anew each time: compressing them gives nothing away (BREACH).
        builder.Services.AddResponseCompression(options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = ["text/html", "application/json"];
            options.Providers.Add<BrotliCompressionProvider>();
            options.Providers.Add<GzipCompressionProvider>();
        });
        builder.Services.Configure<BrotliCompressionProviderOptions>(brotli => brotli.Level = System.IO.Compression.CompressionLevel.Fastest);
        builder.Services.RemoveKeyWarmUp();
        return builder;
    }

    /// <summary>A built, unpublished Web would send its files hardly compressed and never cached, for whoever edits them just now.</summary>
    private static void ServeAssetsAsBuilt(WebApplicationBuilder builder)
    {
        if (!builder.Environment.IsDevelopment())
        {
            builder.Configuration["ReloadStaticAssetsAtRuntime"] = "false";
            builder.Configuration["EnableStaticAssetsDevelopmentCaching"] = "true";
        }
    }

    public static WebApplication UsePages(this WebApplication app)
    {
        app.UseKnownProxies();
        app.UseHsts();
        app.UseSecurityHeaders();
        app.UseResponseCompression();
        app.UseExceptionHandler("/error", createScopeForErrors: true);
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseActor(ActorKind.User);
        app.UseAuthorization();
        app.UseAntiforgery();
        return app;
    }

    public static WebApplication MapPages(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapSecurityText();
        app.MapRazorComponents<App>().AddAdditionalAssemblies(KindPages.Assemblies).RequireOtherwise(Policies.View);
        foreach (var kind in app.Services.GetRequiredService<KindCatalog>())
        {
            kind.MapPublic(app);
            kind.MapPublicPages(app);
        }

        return app;
    }
}
