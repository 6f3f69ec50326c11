using Microsoft.AspNetCore.Builder;

namespace CaptionTL.Service.Api;

/// <summary>Marks endpoints with the scope they need.</summary>
public static class ApiScopeConvention
{
    public static T RequireScope<T>(this T builder, string scope) where T : IEndpointConventionBuilder => builder.WithMetadata(new ApiScope(scope));
}
