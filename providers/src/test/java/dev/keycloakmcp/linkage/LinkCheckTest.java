package dev.keycloakmcp.linkage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.linkage.Use.Kind;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LinkCheckTest {

    private static final String OBJECT = "java/lang/Object";
    private static final String OURS = "ours/Thing";
    private static final String THEIRS = "theirs/Base";
    private static final int PUBLIC = Modifier.PUBLIC;
    private static final int PROTECTED = Modifier.PROTECTED;
    private static final int ABSTRACT = Modifier.PUBLIC | Modifier.ABSTRACT;
    private static final int STATIC = Modifier.PUBLIC | Modifier.STATIC;
    private static final int FINAL = Modifier.PUBLIC | Modifier.FINAL;
    private static final int INTERFACE = Modifier.PUBLIC | Modifier.INTERFACE | Modifier.ABSTRACT;
    private static final Member RUN = new Member("run", "()V");
    private static final Member NAME = new Member("name", "Ljava/lang/String;");

    private final Map<String, TypeShape> types = new HashMap<>();

    LinkCheckTest() {
        declare(
                OBJECT,
                PUBLIC,
                null,
                List.of(),
                Map.of(),
                Map.of(new Member("equals", "(Ljava/lang/Object;)Z"), PUBLIC));
    }

    @Test
    void finds_what_is_there() {
        their(PUBLIC, Map.of(RUN, PUBLIC), Map.of(NAME, STATIC));
        assertThat(problems(use(Kind.METHOD, RUN), use(Kind.STATIC_FIELD, NAME), use(Kind.SUPERCLASS, null)))
                .isEmpty();
    }

    @Test
    void a_class_that_is_gone() {
        assertThat(problems(use(Kind.TYPE, null))).containsExactly("ours.Thing: theirs/Base is gone");
    }

    @Test
    void a_class_of_somebody_else_that_cannot_be_found_is_left_alone() {
        assertThat(problems(new Use(Kind.METHOD, OURS, "else/Where", RUN))).isEmpty();
    }

    @Test
    void a_class_that_is_hidden() {
        their(0, Map.of(), Map.of());
        assertThat(problems(use(Kind.TYPE, null))).containsExactly("ours.Thing: theirs/Base is no longer public");
    }

    @Test
    void a_nested_class_that_is_protected_can_be_named() {
        their(PROTECTED, Map.of(), Map.of());
        assertThat(problems(use(Kind.TYPE, null))).isEmpty();
    }

    @Test
    void a_method_with_another_return_type_is_another_method() {
        their(PUBLIC, Map.of(new Member("run", "()I"), PUBLIC), Map.of());
        assertThat(problems(use(Kind.METHOD, RUN))).containsExactly("ours.Thing: theirs/Base.run()V is gone");
    }

    @Test
    void a_method_that_moved_up_is_still_found() {
        declare("theirs/Root", PUBLIC, OBJECT, List.of(), Map.of(), Map.of(RUN, PUBLIC));
        declare(THEIRS, PUBLIC, "theirs/Root", List.of(), Map.of(), Map.of());
        assertThat(problems(use(Kind.METHOD, RUN))).isEmpty();
    }

    @Test
    void nothing_is_said_of_a_method_where_an_ancestor_is_not_known() {
        declare(THEIRS, PUBLIC, "else/Unknown", List.of(), Map.of(), Map.of());
        assertThat(problems(use(Kind.METHOD, RUN))).isEmpty();
    }

    @Test
    void constructors_are_not_inherited() {
        Member constructor = new Member("<init>", "()V");
        declare("theirs/Root", PUBLIC, OBJECT, List.of(), Map.of(), Map.of(constructor, PUBLIC));
        declare(THEIRS, PUBLIC, "theirs/Root", List.of(), Map.of(), Map.of());
        assertThat(problems(use(Kind.METHOD, constructor)))
                .containsExactly("ours.Thing: theirs/Base.<init>()V is gone");
    }

    @Test
    void methods_and_fields_that_changed_their_kind() {
        their(PUBLIC, Map.of(RUN, STATIC), Map.of(NAME, FINAL));
        assertThat(problems(use(Kind.METHOD, RUN), use(Kind.STATIC_FIELD, NAME), use(Kind.WRITTEN_FIELD, NAME)))
                .containsExactly(
                        "ours.Thing: theirs/Base.name Ljava/lang/String; is final now",
                        "ours.Thing: theirs/Base.name Ljava/lang/String; is no longer static",
                        "ours.Thing: theirs/Base.run()V is static now");
    }

    @Test
    void a_class_that_became_an_interface_and_the_other_way_round() {
        their(INTERFACE, Map.of(RUN, ABSTRACT), Map.of());
        assertThat(problems(use(Kind.METHOD, RUN), use(Kind.SUPERCLASS, null)))
                .containsExactly(
                        "ours.Thing: theirs/Base can no longer be extended",
                        "ours.Thing: theirs/Base.run()V belongs to an interface now");
        their(PUBLIC, Map.of(RUN, PUBLIC), Map.of());
        assertThat(problems(use(Kind.INTERFACE_METHOD, RUN), use(Kind.INTERFACE, null)))
                .containsExactly(
                        "ours.Thing: theirs/Base is no longer an interface",
                        "ours.Thing: theirs/Base.run()V belongs to a class now");
    }

    @Test
    void a_class_that_became_final() {
        their(FINAL, Map.of(), Map.of());
        assertThat(problems(use(Kind.SUPERCLASS, null)))
                .containsExactly("ours.Thing: theirs/Base can no longer be extended");
    }

    @Test
    void a_class_that_became_abstract() {
        their(PUBLIC, Map.of(), Map.of());
        assertThat(problems(use(Kind.NEW, null))).isEmpty();
        their(ABSTRACT, Map.of(), Map.of());
        assertThat(problems(use(Kind.NEW, null))).containsExactly("ours.Thing: theirs/Base is abstract now");
    }

    @Test
    void a_method_that_became_abstract_can_be_called_but_not_as_that_of_the_superclass() {
        their(ABSTRACT, Map.of(RUN, PUBLIC), Map.of());
        assertThat(problems(use(Kind.SUPER_METHOD, RUN))).isEmpty();
        their(ABSTRACT, Map.of(RUN, ABSTRACT), Map.of());
        assertThat(problems(use(Kind.METHOD, RUN))).isEmpty();
        assertThat(problems(use(Kind.SUPER_METHOD, RUN)))
                .containsExactly("ours.Thing: theirs/Base.run()V is abstract now");
    }

    @Test
    void protected_methods_are_for_subclasses_and_what_is_nested_in_them() {
        their(PUBLIC, Map.of(RUN, PROTECTED), Map.of());
        our(THEIRS, Map.of());
        declare("ours/Thing$Inner", PUBLIC, OBJECT, List.of(), Map.of(), Map.of());
        declare("ours/Other", PUBLIC, OBJECT, List.of(), Map.of(), Map.of());
        assertThat(problems(
                        use(Kind.METHOD, RUN),
                        new Use(Kind.METHOD, "ours/Thing$Inner", THEIRS, RUN),
                        new Use(Kind.METHOD, "ours/Other", THEIRS, RUN)))
                .containsExactly("ours.Other: theirs/Base.run()V is no longer accessible");
    }

    @Test
    void a_method_that_became_private() {
        their(PUBLIC, Map.of(RUN, Modifier.PRIVATE), Map.of());
        our(THEIRS, Map.of());
        assertThat(problems(use(Kind.METHOD, RUN)))
                .containsExactly("ours.Thing: theirs/Base.run()V is no longer accessible");
    }

    @Test
    void a_method_of_theirs_that_is_called_on_ours() {
        their(PUBLIC, Map.of(RUN, PUBLIC), Map.of());
        our(THEIRS, Map.of());
        Use use = new Use(Kind.METHOD, OURS, OURS, RUN);
        assertThat(problems(use)).isEmpty();
        assertThat(check().needs(List.of(use))).isEqualTo(1);
        their(PUBLIC, Map.of(), Map.of());
        assertThat(problems(use)).containsExactly("ours.Thing: ours/Thing.run()V is gone");
    }

    @Test
    void an_abstract_method_more() {
        their(Modifier.PUBLIC | Modifier.ABSTRACT, Map.of(RUN, ABSTRACT), Map.of());
        assertThat(misfits(List.of(our(THEIRS, Map.of())), List.of()))
                .containsExactly("ours.Thing: theirs/Base.run()V has to be implemented");
        assertThat(misfits(List.of(our(THEIRS, Map.of(RUN, PUBLIC))), List.of()))
                .isEmpty();
    }

    @Test
    void an_abstract_method_may_stay_open_in_an_abstract_class() {
        their(Modifier.PUBLIC | Modifier.ABSTRACT, Map.of(RUN, ABSTRACT), Map.of());
        TypeShape open = declare(OURS, Modifier.PUBLIC | Modifier.ABSTRACT, THEIRS, List.of(), Map.of(), Map.of());
        assertThat(misfits(List.of(open), List.of())).isEmpty();
    }

    @Test
    void a_default_method_implements_an_abstract_one() {
        declare("theirs/General", INTERFACE, OBJECT, List.of(), Map.of(), Map.of(RUN, ABSTRACT));
        declare("theirs/Special", INTERFACE, OBJECT, List.of("theirs/General"), Map.of(), Map.of(RUN, PUBLIC));
        TypeShape type = declare(OURS, PUBLIC, OBJECT, List.of("theirs/Special"), Map.of(), Map.of());
        assertThat(misfits(List.of(type), List.of())).isEmpty();
    }

    @Test
    void a_method_that_may_not_be_overridden_any_more() {
        their(PUBLIC, Map.of(RUN, FINAL), Map.of());
        assertThat(misfits(List.of(our(THEIRS, Map.of(RUN, PUBLIC))), List.of()))
                .containsExactly("ours.Thing: theirs/Base.run()V is final now");
    }

    @Test
    void a_method_that_overrides_nothing_any_more() {
        their(PUBLIC, Map.of(RUN, PROTECTED), Map.of());
        List<TypeShape> ours = List.of(our(THEIRS, Map.of(RUN, PUBLIC, new Member("own", "()V"), PUBLIC)));
        List<Overriding> recorded = check().overridings(ours);
        assertThat(recorded).containsExactly(new Overriding(OURS, RUN));
        assertThat(misfits(ours, recorded)).isEmpty();

        their(PUBLIC, Map.of(), Map.of());
        assertThat(misfits(ours, recorded)).containsExactly("ours.Thing: run()V overrides nothing any more");
    }

    @Test
    void a_method_that_comes_to_override_one_by_accident() {
        Member more = new Member("more", "()V");
        their(PUBLIC, Map.of(RUN, PUBLIC, more, PUBLIC), Map.of());
        List<TypeShape> ours = List.of(our(THEIRS, Map.of(RUN, PUBLIC, more, PUBLIC)));
        assertThat(misfits(ours, List.of(new Overriding(OURS, RUN))))
                .containsExactly("ours.Thing: more()V overrides another one now");
        assertThat(misfits(ours, List.of())).isEmpty();
    }

    @Test
    void methods_that_nobody_can_override_are_not_recorded() {
        their(PUBLIC, Map.of(RUN, 0, new Member("other", "()V"), STATIC), Map.of());
        List<TypeShape> ours = List.of(our(
                THEIRS,
                Map.of(
                        RUN,
                        PUBLIC,
                        new Member("other", "()V"),
                        PUBLIC,
                        new Member("<init>", "()V"),
                        PUBLIC,
                        new Member("equals", "(Ljava/lang/Object;)Z"),
                        PUBLIC)));
        assertThat(check().overridings(ours)).isEmpty();
    }

    @Test
    void a_lambda_needs_one_abstract_method_and_no_other() {
        declare(
                THEIRS,
                INTERFACE,
                OBJECT,
                List.of(),
                Map.of(),
                Map.of(RUN, ABSTRACT, new Member("equals", "(Ljava/lang/Object;)Z"), ABSTRACT));
        assertThat(problems(use(Kind.LAMBDA, RUN))).isEmpty();
        declare(
                THEIRS,
                INTERFACE,
                OBJECT,
                List.of(),
                Map.of(),
                Map.of(RUN, ABSTRACT, new Member("more", "()V"), ABSTRACT));
        assertThat(problems(use(Kind.LAMBDA, RUN)))
                .containsExactly("ours.Thing: theirs/Base.run()V is not its only abstract method any more: more()V");
        declare(THEIRS, INTERFACE, OBJECT, List.of(), Map.of(), Map.of(RUN, PUBLIC));
        assertThat(problems(use(Kind.LAMBDA, RUN)))
                .containsExactly("ours.Thing: theirs/Base.run()V is no longer its abstract method");
    }

    @Test
    void the_same_need_of_two_classes_counts_once() {
        their(PUBLIC, Map.of(RUN, PUBLIC), Map.of());
        assertThat(check().needs(List.of(
                        use(Kind.METHOD, RUN),
                        new Use(Kind.METHOD, "ours/Other", THEIRS, RUN),
                        use(Kind.TYPE, null),
                        new Use(Kind.TYPE, OURS, OBJECT, null))))
                .isEqualTo(2);
    }

    @Test
    void a_recorded_line_can_be_read_again() {
        Overriding entry = new Overriding(OURS, RUN);
        assertThat(Overriding.parse(entry.line())).contains(entry);
        assertThat(Overriding.parse("# nothing")).isEmpty();
    }

    private TypeShape their(int access, Map<Member, Integer> methods, Map<Member, Integer> fields) {
        return declare(THEIRS, access, OBJECT, List.of(), fields, methods);
    }

    private TypeShape our(String superclass, Map<Member, Integer> methods) {
        return declare(OURS, PUBLIC, superclass, List.of(), Map.of(), methods);
    }

    private TypeShape declare(
            String name,
            int access,
            @Nullable String superclass,
            List<String> interfaces,
            Map<Member, Integer> fields,
            Map<Member, Integer> methods) {
        TypeShape type = new TypeShape(name, access, superclass, interfaces, fields, methods);
        types.put(name, type);
        return type;
    }

    private static Use use(Kind kind, @Nullable Member member) {
        return new Use(kind, OURS, THEIRS, member);
    }

    private LinkCheck check() {
        return new LinkCheck(
                new TypeWorld(name -> Optional.ofNullable(types.get(name))), name -> name.startsWith("theirs/"));
    }

    private List<String> problems(Use... uses) {
        return texts(check().misfits(List.of(), List.of(uses), List.of()));
    }

    private List<String> misfits(Collection<TypeShape> ours, Collection<Overriding> recorded) {
        return texts(check().misfits(ours, List.of(), recorded));
    }

    private static List<String> texts(Collection<Misfit> misfits) {
        return new ArrayList<>(misfits.stream().map(Misfit::toString).toList());
    }
}
