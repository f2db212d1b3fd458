using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Refresher.Api.Access;
using Refresher.Api.Http;
using Refresher.Api.OpenApi;
using Refresher.Api.Workers;
using Refresher.Core.Access;

namespace Refresher.Api;

/// <summary>What the Api needs besides the data: keys, JSON, errors, limits and its description.</summary>
internal static class ApiServices
{
    public static void AddApi(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyLimit.Usual;
        });

        var services = builder.Services;
        services.AddSingleton<KeyFailures>();
        services.AddSingleton<LivingNodes>();
        services.AddAuthentication(ApiKeyHandler.SchemeName).AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null);

        // Whatever is mapped by anybody asks for a key unless it says that it does not.
        services.AddAuthorization(Policies.Add);
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder(ApiKeyHandler.SchemeName).RequireAuthenticatedUser().Build());
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        services.AddProblemDetails();
        services.AddExceptionHandler<UnexpectedErrors>();
        services.AddRequestTimeouts(timeouts => timeouts
            .AddPolicy(AnswerTime.Policy, AnswerTime.Of(TimeSpan.FromSeconds(20)))
            .AddPolicy(AnswerTime.LongPolicy, AnswerTime.Of(TimeSpan.FromMinutes(2))));
        services.AddVisitorRate(builder.Configuration);
        services.AddHsts(hsts => hsts.MaxAge = TransportSecurity.MaxAge);
        services.AddOpenApi(ApiDocumentText.Name, ApiDocument.Configure);
        services.AddSingleton<ApiDocumentText>();
        services.RemoveKeyWarmUp();
    }
}
